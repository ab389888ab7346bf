import { readFileSync } from 'node:fs'
import { kubernetesLibraries, JSON_PATCH } from './src/cel/library/kubernetes/environment.ts'
import { AUTHORIZER, AuthorizerValue } from './src/cel/library/kubernetes/authorizer.ts'
import { parseQuantity } from './src/apimachinery/quantity.ts'
import { createEnvironment } from './src/cel/environment.ts'
const cases = JSON.parse(readFileSync('/tmp/k8scosts.json','utf8'))
const fmt = new Map(['dns1123Label','dns1123Subdomain','dns1035Label','uri','uuid','byte','date','datetime','qualifiedName','labelValue','dns1123LabelPrefix','dns1123SubdomainPrefix','dns1035LabelPrefix'].map((n,i)=>[n,{name:n,patternSize:[30,60,30,1103,77,84,81,81,60,40,30,60,30][i]!,validate:()=>[]}]))
const env = createEnvironment({libraries:[...kubernetesLibraries({readQuantity:(t)=>{try{return {nanos:parseQuantity(t).nanos}}catch(e){return {problem:String(e)}}},formats:fmt,serviceAccounts:{isName:()=>true,isNamespace:()=>true}}),JSON_PATCH],variables:{authorizer:AUTHORIZER}})
let ok=0,n=0
for (const [e,min,max,rt] of cases) {
  n++
  const r = env.compile(e)
  if (!r.program) { console.log('COMPILE', e, r.problem.message); continue }
  const est = r.program.estimateCost()
  const ev = r.program.evaluate({authorizer:new AuthorizerValue({authorize:()=>({isAllowed:true,reason:''})})})
  const m = max.startsWith('math')?2**64:Number(max)
  if (est.min===Number(min) && est.max===m && ev.cost===Number(rt) && !ev.error) ok++
  else console.log(e,'| want',min,m,rt,'got',est.min,est.max,ev.cost,ev.error?.message)
}
console.log(ok,n)
